/* Sample tree: included first by every command, as in the kernel. */
