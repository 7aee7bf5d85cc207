/* Sample: assembler, which has no allocations. */
	.text
	ret
