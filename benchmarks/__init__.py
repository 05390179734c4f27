"""Measure the product: a data generator and a load runner. No tests: figures differ by machine."""
