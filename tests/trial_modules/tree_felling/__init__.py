"""树木砍伐许可: who wants to fell a city tree asks the bureau.

The window takes the application in, the section accepts it or asks for what is missing, and decides within seven working
days. While the applicant completes his papers the clock stands still. It is made up for the suite's own tests: small, and
with one of everything that a module can bring.
"""
