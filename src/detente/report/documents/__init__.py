"""The documents of analyses, as types: their JSON Schemas are made from these."""
