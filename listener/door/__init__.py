"""The one door out: every request of connectors and notifiers goes through here."""
