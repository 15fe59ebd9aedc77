"""What whoever runs the instance looks after."""
