/** Where the server's WebSocket is. */
export const serverUrl = ({ protocol, host } = location) => `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws/client`;
