// Sample: another language.
