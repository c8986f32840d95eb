//! Rules of the HTTPS side (facts: `aliyun-iot`, sections 2 and 4).

/// How a device learns where the body of an answer ends. The facts are silent; the default is a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyEnd {
    /// By `Content-Length`.
    #[default]
    Length,
    /// By `Transfer-Encoding: chunked`.
    Chunked,
    /// By the end of the connection.
    Close,
}

/// Forms of an answer that some revisions of the platform's pages print. The default has none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonForm {
    /// A comma behind the `messageId`, as in the page's own sample: no JSON.
    pub trailing_comma: bool,
    /// A second member `data` in `info`, as in older revisions.
    pub data_member: bool,
    /// `Info` and `MessageId`, as in English copies.
    pub capitals: bool,
}

/// The HTTPS side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRules {
    /// Regions with the data service at `iot-as-http.<region>.aliyuncs.com`. Registration is served in all regions.
    pub regions: Vec<String>,
    /// Instance ids with the data service at `<instanceId>.http.iothub.aliyuncs.com`.
    pub instances: Vec<String>,
    /// Whether HTTP without TLS is served. The real platform does not.
    pub plain: bool,
    /// A connection on which nothing moves for so long is closed. A guess, as is usual for web servers.
    pub idle_us: u64,
    /// Whether a connection stays open behind an answer, unless the device wants it closed.
    pub keep_alive: bool,
    /// Where a body ends.
    pub body_end: BodyEnd,
    /// Status of an answer that refuses with a code in its body. The SDKs expect 200; a third-party library says that it
    /// need not be.
    pub refusal_status: u16,
    /// How long a token lives.
    pub token_life_us: u64,
    /// Whether a new token ends the earlier ones of its device. The facts are silent.
    pub one_token: bool,
    /// Odd forms of the answers.
    pub json: JsonForm,
}

impl Default for HttpRules {
    fn default() -> Self {
        Self {
            regions: ["cn-shanghai", "cn-beijing", "cn-shenzhen"].map(String::from).to_vec(),
            instances: Vec::new(),
            plain: false,
            idle_us: 60_000_000,
            keep_alive: true,
            body_end: BodyEnd::Length,
            refusal_status: 200,
            token_life_us: 7 * 24 * 3600 * 1_000_000,
            one_token: true,
            json: JsonForm::default(),
        }
    }
}
