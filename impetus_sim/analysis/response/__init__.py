"""What recordings tell of the response: how control rooms worked, and how far playbooks were kept to."""
