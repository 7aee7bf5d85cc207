/* Sample configuration. */
#define CONFIG_64BIT 1
#define CONFIG_MMU 1
#define CONFIG_MODULES 1
