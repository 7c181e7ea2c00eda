"""The smallest changes that make a plan hold."""
