"""Files people send: certificates, receipts. In the database, behind one gated address."""
