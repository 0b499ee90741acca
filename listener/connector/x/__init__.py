"""X's API: its posts read (`posts`), and asking for them within a budget of dollars (`api`)."""
