// Passkeys: a form with data-passkey asks the device when it is sent, and sends what the device answered.
// The options are in data-options, or come from the form's address; binary values travel as base64url.
const toBytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
const toText = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = list => (list || []).map(key => ({...key, id: toBytes(key.id)}));

async function create({publicKey}) {
  const user = {...publicKey.user, id: toBytes(publicKey.user.id)};
  const options = {...publicKey, user, challenge: toBytes(publicKey.challenge)};
  const made = await navigator.credentials.create({
    publicKey: {...options, excludeCredentials: keys(publicKey.excludeCredentials)},
  });
  return answer(made, {
    attestationObject: toText(made.response.attestationObject),
    transports: made.response.getTransports?.() || [],
  });
}

async function get({publicKey}) {
  const options = {...publicKey, challenge: toBytes(publicKey.challenge)};
  if (publicKey.allowCredentials) options.allowCredentials = keys(publicKey.allowCredentials);
  const found = await navigator.credentials.get({publicKey: options});
  const {authenticatorData, signature, userHandle} = found.response;
  return answer(found, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {...response, clientDataJSON: toText(credential.response.clientDataJSON)},
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const reply = await fetch(form.action, {headers: {Accept: "application/json"}});
  if (!reply.ok) throw new Error("no challenge");
  return (await reply.json()).request_options;
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      const options = await optionsOf(form);
      const credential = await (form.dataset.passkey === "create" ? create(options) : get(options));
      form.querySelector("[name=credential]").value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = false; // refused, cancelled, or none there
    }
  });
}
