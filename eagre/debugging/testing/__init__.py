"""Tests of programs: assertions about values, gradients by differences, timing."""
