//! The one binary of the workspace; everything is in the library.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    wanlink::cli::main()
}
