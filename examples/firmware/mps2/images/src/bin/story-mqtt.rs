//! The story of a device with a BG95, whose own MQTT client speaks.

#![no_std]
#![no_main]

images::story!(bg95_mqtt);
