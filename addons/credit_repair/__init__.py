"""Credit repair (信用修复): penalties are published in time, and enterprises find the way back.

Bureaus that impose penalties enter each decision, review it three times (录入, 法制, 公示) and report it to the credit platform
within seven working days. With the decision the enterprise is served a letter that tells when and how it can repair its credit
(书函同达), and a second one shortly before it may apply. The credit section of the development and reform commission follows
every repair from the first question to the day on which all sanctions are lifted, under the rules of the right date.
"""
