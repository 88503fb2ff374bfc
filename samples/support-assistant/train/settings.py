"""What training and evaluation share."""

BASE_MODEL = "meta-llama/Llama-3.1-8B"
MAX_LENGTH = 2048
