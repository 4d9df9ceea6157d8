"""Option prices and their sensitivities: the formula, its derivatives, and Monte Carlo paths.

Black and Scholes, Journal of Political Economy 1973; the way of Longstaff and Schwartz, Review of
Financial Studies 2001, for an option that may be exercised early.
"""

import numpy as np

import eagre as tf


def normal_cdf(x):
    return 0.5 * tf.math.erfc(-x / np.sqrt(2.0))


def call_price(spot, strike, rate, volatility, time):
    d1 = tf.math.log(spot / strike) + (rate + 0.5 * volatility**2) * time
    d1 /= volatility * tf.sqrt(time)
    d2 = d1 - volatility * tf.sqrt(time)
    return spot * normal_cdf(d1) - strike * tf.exp(-rate * time) * normal_cdf(d2)


@tf.function
def greeks(spot, strike, rate, volatility, time):
    """Price, delta, vega, theta, rho, and the second derivatives gamma and vanna."""
    with tf.GradientTape() as outer:
        outer.watch([spot, volatility])
        with tf.GradientTape(persistent=True) as inner:
            inner.watch([spot, volatility, time, rate])
            price = call_price(spot, strike, rate, volatility, time)
        delta = inner.gradient(price, spot)
    gamma, vanna = outer.gradient(delta, [spot, volatility])
    vega, theta, rho = (inner.gradient(price, each) for each in (volatility, time, rate))
    return {"price": price, "delta": delta, "gamma": gamma, "vega": vega,
            "theta": -theta, "rho": rho, "vanna": vanna}


@tf.function
def implied_volatility(price, spot, strike, rate, time):
    """Newton's method on the volatility, for a whole chain of strikes at once."""
    volatility = 0.5 * tf.ones_like(strike)
    error = tf.ones_like(strike)
    while tf.reduce_any(tf.abs(error) > 1e-10):
        with tf.GradientTape() as tape:
            tape.watch(volatility)
            value = call_price(spot, strike, rate, volatility, time)
        error = value - price
        volatility -= error / tape.gradient(value, volatility)
    return volatility


def american_put(paths, strike, discount):
    """Backwards in time: exercise where that is worth more than a fit says of waiting."""
    values = tf.maximum(strike - paths[-1], 0.0)
    for spot in reversed(tf.unstack(paths[1:-1])):
        values *= discount
        exercise = tf.maximum(strike - spot, 0.0)
        basis = tf.stack([tf.ones_like(spot), spot / strike, (spot / strike) ** 2], axis=1)
        matters = tf.cast(exercise > 0, spot.dtype)[:, tf.newaxis]
        fit = tf.linalg.lstsq(basis * matters, values[:, tf.newaxis] * matters)
        waiting = (basis @ fit)[:, 0]
        values = tf.where((exercise > waiting) & (exercise > 0), exercise, values)
    return tf.reduce_mean(values) * discount


def main(count=400, steps=8):
    strikes = tf.cast(tf.linspace(80.0, 120.0, 5), tf.float64)
    spot, rate, volatility, time = (
        tf.constant(value, tf.float64) for value in (100.0, 0.03, 0.25, 0.5)
    )
    results = greeks(spot * tf.ones_like(strikes), strikes, rate, volatility, time)
    results["implied"] = implied_volatility(results["price"], spot, strikes, rate, time)
    noise = tf.random.stateless_normal([steps, count // 2], [1, 2], dtype=tf.float64)
    noise = tf.concat([noise, -noise], axis=1)

    def monte_carlo(spot, volatility):
        step = time / steps
        drift = (rate - 0.5 * volatility**2) * step
        moves = tf.cumsum(drift + volatility * tf.sqrt(step) * noise, axis=0)
        return spot * tf.exp(tf.concat([tf.zeros([1, count], tf.float64), moves], axis=0))

    with tf.GradientTape() as tape:
        tape.watch([spot, volatility])
        last = monte_carlo(spot, volatility)[-1]
        payoff = tf.exp(-rate * time) * tf.reduce_mean(tf.nn.relu(last - strikes[2]))
    results["path_delta"], results["path_vega"] = tape.gradient(payoff, [spot, volatility])
    discount = tf.exp(-rate * time / steps)
    results["american_put"] = american_put(monte_carlo(spot, volatility), strikes[2], discount)
    return results
