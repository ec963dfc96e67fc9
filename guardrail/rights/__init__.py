"""What a person may know and ask for: information now; the other rights come with their clocks."""

from guardrail.rights.information import PATH, Owner, Pack, Service, information

__all__ = ["PATH", "Owner", "Pack", "Service", "information"]
