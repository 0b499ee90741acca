"""From stored voices to told people."""
