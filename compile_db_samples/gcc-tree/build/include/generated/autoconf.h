/* Sample configuration. */
#define CONFIG_64BIT 1
#define CONFIG_CC_IS_GCC 1
#define CONFIG_GCC_VERSION 120200
