//! A strict stand-in of the device side of Alibaba Cloud IoT Platform
