"""What an organisation needs from us: flag, owner, stage, clock and outcome."""
