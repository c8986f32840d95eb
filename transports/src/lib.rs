//! Alibaba Cloud IoT Platform over a cellular module: identity, signatures, links, sessions
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
