"""Yingshang's kernel: cases, clocks, people, letters. It knows no bureau's law; modules in ``addons`` bring that."""

__version__ = "0.1.0"
