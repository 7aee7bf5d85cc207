/* Mini kernel: lights. */
#ifndef _LINUX_LEDS_H
#define _LINUX_LEDS_H

struct led_classdev {
  void (*brightness_set)(struct led_classdev *led, int brightness);
  int (*brightness_set_blocking)(struct led_classdev *led, int brightness);
};

int led_classdev_register(struct led_classdev *led);

#endif
