"""What survives when preferences are uncertain."""
