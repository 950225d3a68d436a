//! The sandbox through its public interface: requests in, responses out.

#![allow(clippy::expect_used, reason = "what the shared helpers expect is what the tests test")]

mod braincube;
mod cognito;
mod demo;
mod fixture;
mod gate;
mod graphql;
mod hexoskin;
mod info;
mod joule;
mod load;
mod pages;
mod relay;
mod server;
mod stores;
mod stream;
mod times;
mod v1;
