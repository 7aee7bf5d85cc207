/* Sample: a header that the build made. */
#define OLDFS_NAME_EXTRA 1
