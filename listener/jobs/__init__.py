"""The recurring jobs: poll what is due, evaluate, deliver, prune. Who calls them, and when, is the daemon's affair."""
