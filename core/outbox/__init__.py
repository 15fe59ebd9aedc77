"""What happens after commit: the outbox, the worker, mail and in-app notices."""
