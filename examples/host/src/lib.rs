#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod cure;
pub mod exit;
pub mod readings;
pub mod scene;

mod credentials;
mod demo;
mod report;

/// The first page of the workspace: its examples are compiled here.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub mod first_page {}
