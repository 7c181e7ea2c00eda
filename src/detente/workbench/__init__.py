"""A workbench in the browser and an HTTP API over the dispute files of one folder."""
