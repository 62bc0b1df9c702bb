"""Wild Rydes: the services of the module, each a small file. A call to another service is a message."""
