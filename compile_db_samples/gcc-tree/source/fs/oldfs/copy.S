/* Sample: assembler. */
	.text
	ret
