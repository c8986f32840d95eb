//! The story of a device with a BG95, whose HTTPS client posts.

#![no_std]
#![no_main]

images::story!(bg95_https);
