"""What is laid out on paper, by the packages of the extra ``pdf``."""
