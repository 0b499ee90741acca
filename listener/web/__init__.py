"""What the daemon answers on its own port."""
