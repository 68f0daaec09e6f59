//! The simulator's REST side as plain HTTP sees it.

mod answers;
mod limits;

use reqwest::Method;
use serde_json::Value;
use tiebreaker::simulator::Simulator;

/// The application, over plain HTTP.
struct Rest {
    http: reqwest::Client,
    base: String,
    token: String,
    application: String,
}

impl Rest {
    fn new(discord: &Simulator) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: format!("{}/api/v10", discord.base_url()),
            token: discord.token(),
            application: discord.bot_id().to_string(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = request.header("authorization", format!("Bot {}", self.token));
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.send(method, path, body).await;
        let (status, bytes) = (answer.status().as_u16(), answer.bytes().await.unwrap());
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        self.expect(200, Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, Some(body)).await;
        assert!(matches!(status, 200 | 201 | 204), "POST {path}: {status} {answer}");
        answer
    }

    async fn expect(&self, wanted: u16, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(method.clone(), path, body).await;
        assert_eq!(status, wanted, "{method} {path}: {answer}");
        answer
    }

    /// The code of the error that this gets.
    async fn refused(&self, method: Method, path: &str, body: Option<Value>) -> (u16, u64) {
        let (status, answer) = self.call(method.clone(), path, body).await;
        assert!(status >= 400, "{method} {path} must be refused: {status} {answer}");
        (status, answer["code"].as_u64().unwrap())
    }
}
