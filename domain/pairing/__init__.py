"""Pairing: a frozen pool and settings in; pairs, reasons and totals out. Pure and deterministic."""
