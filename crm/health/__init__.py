"""Whether this process runs and may take requests; for load balancers and service managers."""
