"""Any graph of objects: saved, restored, restored in part, and into objects that come later."""

import tempfile

from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.state.checkpoint.object_graph import escape, unescape

train = tf.train
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
variables = st.lists(st.integers(-9, 9), max_size=3).map(lambda v: ("variable", tuple(v)))
plans = st.recursive(
    variables,
    lambda parts: st.one_of(
        st.tuples(st.just("list"), st.lists(parts, max_size=3)),
        st.tuples(st.just("tuple"), st.lists(parts, max_size=3)),
        st.tuples(st.just("dict"), st.dictionaries(names, parts, max_size=3)),
        st.tuples(st.just("module"), st.dictionaries(names, parts, max_size=3)),
        st.tuples(st.just("shared"), st.integers(0, 5)),
    ),
    max_leaves=12,
)
trees = st.dictionaries(st.sampled_from("abcd"), plans, min_size=1)


def build(plan, fill, made):
    """The objects of a plan; `fill` gives the value of each variable."""
    kind, parts = plan
    if kind == "shared":
        return made[parts % len(made)] if made else build(("list", []), fill, made)
    if kind == "variable":
        whole = tf.Variable(tf.constant(fill(parts), tf.int32))
    elif kind in ("list", "tuple"):
        whole = [build(part, fill, made) for part in parts]
        whole = whole if kind == "list" else tuple(whole)
    else:
        whole = tf.Module() if kind == "module" else {}
        items = vars(whole) if kind == "module" else whole
        made.append(whole)
        for name, part in parts.items():
            items[name] = build(part, fill, made)
        return whole
    made.append(whole)
    return whole


def build_tree(plans, fill):
    made = []
    return {name: build(plan, fill, made) for name, plan in plans.items()}, made


def values(made):
    return [each.numpy().tolist() for each in made if isinstance(each, tf.Variable)]


@settings(max_examples=60, deadline=None)
@given(trees)
def test_a_restored_graph_has_the_values_of_the_saved_one(plans):
    tree, made = build_tree(plans, list)
    other, remade = build_tree(plans, lambda parts: [77 for _ in parts])
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = train.Checkpoint(**tree)
        path = checkpoint.write(folder + "/x")
        assert not checkpoint.diff(path)
        train.Checkpoint(**other).restore(path).assert_consumed()
    assert values(remade) == values(made)


@settings(max_examples=40, deadline=None)
@given(trees, st.integers(0, 3))
def test_a_part_now_and_the_rest_later(plans, count):
    tree, made = build_tree(plans, list)
    other, remade = build_tree(plans, lambda parts: [77 for _ in parts])
    names = sorted(other)
    with tempfile.TemporaryDirectory() as folder:
        path = train.Checkpoint(**tree).write(folder + "/x")
        checkpoint = train.Checkpoint(**{name: other[name] for name in names[:count]})
        status = checkpoint.restore(path)
        for name in names[count:]:
            setattr(checkpoint, name, other[name])
        status.assert_existing_objects_matched()
    assert values(remade) == values(made) and not status.pending


@given(st.text(), st.text())
def test_escaped_names_are_different_and_come_back(first, second):
    assert "/" not in escape(first)
    if "\0" not in first + second:
        assert unescape(escape(first)) == first
        assert (escape(first) == escape(second)) == (first == second)
