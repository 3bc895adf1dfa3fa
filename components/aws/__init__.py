"""What AWS realisations share, so that none imports another."""
