"""What people are promised about their data: consent, who has looked, their copy, restriction, erasure."""
