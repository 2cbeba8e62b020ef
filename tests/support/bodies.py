"""Bodies of calls, as the scenario of the contract has them."""

ANSHU = {
    "username": "anshu_singh",
    "password": "CustomerGas@2024",
    "password2": "CustomerGas@2024",
    "email": "anshu.singh@gmail.com",
    "first_name": "Anshu",
    "last_name": "Singh",
    "phone_number": "+917890123456",
    "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
    "user_type": "customer",
}


ABHISHEK = {
    "username": "abhishek_support",
    "password": "SupportGas@2024",
    "password2": "SupportGas@2024",
    "email": "abhishek.support@gasutility.com",
    "first_name": "Abhishek",
    "last_name": "Singh",
    "phone_number": "+919876543210",
    "address": "Gas Utility Office, Corporate Park, Mumbai - 400001",
    "user_type": "support",
}


LEAK = {
    "request_type": "gas_leak_inspection",
    "description": "Suspected gas leak near kitchen stove",
    "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
}


CONNECTION = {
    "request_type": "new_connection",
    "description": "Application for new gas connection",
    "address": "12, Green Valley, Pune - 411001",
}
