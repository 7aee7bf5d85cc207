/* Sample. */
#define LINUX_VERSION_CODE 393572
