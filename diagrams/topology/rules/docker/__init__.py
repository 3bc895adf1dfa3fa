"""What pulumi-docker resources mean."""
