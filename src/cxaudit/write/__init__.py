"""Write: bytes to a file, or files to a folder, whole or not at all."""
