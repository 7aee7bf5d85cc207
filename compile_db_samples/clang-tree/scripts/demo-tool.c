/* Sample: a program of the build, which runs on the machine that builds. */
int main(void)
{
	return 0;
}
