//! HTTP requests of a device, written out from the facts, and a look at the answers.

/// A POST that can be bent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) host: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) const DATA_HOST: &str = "iot-as-http.cn-shanghai.aliyuncs.com";
pub(crate) const AUTH_HOST: &str = "iot-auth.cn-shanghai.aliyuncs.com";

/// The body of vector G4's device in the form of the C SDK 4.
pub(crate) const LOGIN: &str = concat!(
    r#"{"clientId":"a1X2bEnP82z.example1","signmethod":"hmacsha256","deviceName":"example1","#,
    r#""productKey":"a1X2bEnP82z","timestamp":"2524608000000","#,
    r#""sign":"b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2"}"#
);

/// The body of vector G6.
pub(crate) const REGISTRATION: &str = concat!(
    "productKey=a1ExpAkj9Hi&deviceName=Example_dyn1&random=7y4Jg5xdKCy9W2i",
    "&sign=d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e&signMethod=hmacsha256"
);

impl Request {
    pub(crate) fn login() -> Self {
        Self::login_with(LOGIN)
    }

    pub(crate) fn login_with(body: &str) -> Self {
        Self {
            target: "/auth".into(),
            host: DATA_HOST.into(),
            fields: vec![("Content-Type", "application/json".into())],
            body: body.into(),
        }
    }

    pub(crate) fn post(token: &str, topic: &str, payload: &[u8]) -> Self {
        Self {
            target: format!("/topic{topic}"),
            host: DATA_HOST.into(),
            fields: vec![("Content-Type", "application/octet-stream".into()), ("password", token.into())],
            body: payload.into(),
        }
    }

    pub(crate) fn register() -> Self {
        Self::register_with(REGISTRATION)
    }

    pub(crate) fn register_with(body: &str) -> Self {
        Self {
            target: "/auth/register/device".into(),
            host: AUTH_HOST.into(),
            fields: vec![("Content-Type", "application/x-www-form-urlencoded".into())],
            body: body.into(),
        }
    }

    /// With this value of a header field.
    pub(crate) fn field(mut self, name: &'static str, value: &str) -> Self {
        self.fields.retain(|field| field.0 != name);
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("POST {} HTTP/1.1\r\nHost: {}\r\n", self.target, self.host);
        for (name, value) in &self.fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

/// Status and body of an answer that has a length.
pub(crate) fn answer(bytes: &[u8]) -> (u16, String) {
    let text = std::str::from_utf8(bytes).expect("an answer in ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).expect("a status line");
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
    (status.parse().expect("a status"), body.into())
}

/// The text behind `"name":"` in an answer.
pub(crate) fn member<'a>(body: &'a str, name: &str) -> &'a str {
    let (_, rest) = body.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {body}"));
    rest.split_once('"').expect("an end").0
}
